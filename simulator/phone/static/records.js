// Everything that was seen for an entry, in the order of time: record, job, calls, log.

import * as steps from "./steps.js";

export const records = (turn) => [
  ...turn.record.map((each, n) => ({
    id: `record-${n}`,
    at: each.at,
    order: 3,
    sign: "table",
    about: each.about,
    ...steps.record(each.what, turn.record[n - 1]?.what, turn.log?.problem),
  })),
  ...turn.job.map((each, n) => ({
    id: `job-${n}`,
    at: each.at,
    order: 4,
    sign: "again",
    about: each.about,
    ...steps.job(each.what),
  })),
  ...callSteps(turn),
  ...lineSteps(turn),
];

export const callSteps = ({ calls }) =>
  calls.map((each) => ({
    id: `call-${each.number}`,
    at: each.at,
    order: 2,
    sign: "bolt",
    ...steps.call(each),
  }));

export const lineSteps = ({ lines }) =>
  lines.map((each, n) => ({
    id: `line-${n}`,
    at: each.at,
    order: 6,
    sign: "file",
    ...steps.line(each),
  }));
