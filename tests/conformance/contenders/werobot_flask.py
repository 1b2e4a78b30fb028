"""WeRoBot on Flask, in safe mode, as its documents advise for a site that has other pages."""

import sys

from flask import Flask
from werobot import WeRoBot
from werobot.contrib.flask import make_view

from tests.conformance.contenders.said import APP_ID, ENCODING_AES_KEY, TOKEN, answer

robot = WeRoBot(token=TOKEN, encoding_aes_key=ENCODING_AES_KEY, app_id=APP_ID)
robot.config["SESSION_STORAGE"] = False  # otherwise it writes a file here
app = Flask(__name__)


@robot.text  # type: ignore[untyped-decorator]
def text(message: object) -> str:
    return answer(message.source, message.content)  # type: ignore[attr-defined]


app.add_url_rule("/wechat", "wechat", make_view(robot), methods=["GET", "POST"])

if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
