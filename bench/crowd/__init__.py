"""A day of an account with a million followers, run as events over a model of the backend.

measured.py   what each kind of push costs: time of our own, and calls; measured on loopback
assumed.py    what is not ours and cannot be measured here: AWS's latencies and limits, a day
cloud.py      functions that start cold, a table and queues with limits
day.py        who writes when: peaks, hot users, a broadcast
run.py        the events of the day
small.py      the same model beside the real backend, at a small scale
bill.py       USD by service          report.py, picture.py   what is shown
"""
