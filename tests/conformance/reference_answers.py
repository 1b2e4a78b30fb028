"""What the reference backend says, at once and late."""

import json
import time
import urllib.request
from collections import defaultdict
from contextlib import suppress
from queue import Queue
from threading import Lock, Thread
from typing import Any
from xml.etree import ElementTree

from conformance import documents

PAUSE = 0.25
LONG = "长" * 1500


class Answers:
    """Replies to pushes. Slow ones are said by a thread for each user, in order."""

    def __init__(self, api_url: str, broken: str, slow: float) -> None:
        self._api_url = api_url
        self._broken = broken
        self._slow = slow
        self._counts: dict[str, int] = defaultdict(int)
        self._queues: dict[str, Queue[str]] = {}
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._lock = Lock()
        self._token = ""

    def to(self, push: ElementTree.Element) -> bytes:
        """The reply, or nothing. Raises what a handler raises."""
        user = push.findtext("FromUserName") or ""
        if push.findtext("MsgType") != "text":
            return b""
        said = push.findtext("Content") or ""
        if self._broken == "looks at the first letter" and not said.strip():
            raise IndexError(said)
        try:
            text = self._text(user, said)
        except ZeroDivisionError:
            if self._broken == "lets handlers fail":
                raise
            return b""
        return self._reply(push, text) if text else b""

    def _text(self, user: str, said: str) -> str:
        match said.partition(" ")[0]:
            case "count":
                with self._lock:
                    self._counts[user] += 1
                    return str(self._counts[user])
            case "raise":
                return str(1 // 0)
            case "long":
                return (
                    LONG if self._broken == "too long a reply" else self._later(user, [LONG[:600]])
                )
            case "slow":
                return self._later(user, [f"慢 {said}"])
            case "many":
                return self._later(user, [f"[{n}]" for n in range(1, 9)])
            case "继续":
                return self._later(user, [])
        if len(said.encode()) > 2048:
            return said if self._broken == "repeats anything" else "太长了"
        return self._changed(said)

    def _changed(self, said: str) -> str:
        match self._broken:
            case "loses emoji":
                return "".join(each for each in said if ord(each) < 0x10000)
            case "escapes markup":
                return said.replace("&", "&amp;").replace("<", "&lt;")
            case "joins lines":
                return " ".join(said.split())
            case "formats texts":
                return said.replace("%s", "").replace("{0}", "")
            case "drops what is false":
                return "" if said == "0" else said
            case "wechat emoji as pictures":
                return said.replace("/::)", "🙂")
            case "drops marks of direction":
                return said.replace("\u202e", "")
            case "short texts":
                return said[:600]
        return said

    def _reply(self, push: ElementTree.Element, text: str) -> bytes:
        user, account = push.findtext("FromUserName") or "", push.findtext("ToUserName") or ""
        created: int | str = int(time.time())
        if self._broken == "milliseconds":
            created = int(time.time() * 1000)
        if self._broken == "replies to itself":
            user, account = account, user
        if self._broken == "ends CDATA" and "]]>" in text:
            text = text.replace("]]>", "")
        kind = "TEXT" if self._broken == "shouts its kind" else "text"
        reply: documents.Document = {
            "ToUserName": user,
            "FromUserName": account,
            "CreateTime": created,
            "MsgType": kind,
            "Content": text,
        }
        return documents.write(reply).encode()

    # --- Late ---------------------------------------------------------------------------------

    def _later(self, user: str, texts: list[str]) -> str:
        with self._lock:
            if user not in self._queues:
                self._queues[user] = Queue()
                Thread(target=self._work, args=(user,), daemon=True).start()
        self._queues[user].put(json.dumps(texts))
        return ""

    def _work(self, user: str) -> None:
        with suppress(OSError):  # WeChat's API is gone when the checks are done
            self._work_on(user)

    def _work_on(self, user: str) -> None:
        while True:
            texts = json.loads(self._queues[user].get())
            if self._broken == "answers in any order" and texts and texts[0].endswith("1"):
                Thread(target=self._say_later, args=(user, texts), daemon=True).start()
                continue
            time.sleep(self._slow if texts else 0)
            self._say(user, texts)

    def _say_later(self, user: str, texts: list[str]) -> None:
        time.sleep(self._slow * 4)
        self._say(user, texts)

    def _say(self, user: str, texts: list[str]) -> None:
        waiting = self._waiting[user]
        waiting += texts
        if self._broken == "no late answers":
            waiting.clear()
        while waiting:
            word = self._sent(user, waiting[0])
            if word == "waits":
                if self._broken == "drops what is refused":
                    waiting.clear()
                return
            if self._broken != "says its first part twice" or not waiting[0].startswith("[1]"):
                waiting.pop(0)
            else:
                waiting[0] = "[1]."
                self._broken = ""
            if self._broken != "all parts at once":
                time.sleep(PAUSE)

    def _sent(self, user: str, text: str) -> str:
        """Whether it was sent, is dropped, or waits."""
        tries = 30 if self._broken == "asks for ever" else 3
        for _ in range(tries):
            answer = self._asked(user, text)
            match answer["errcode"]:
                case 0:
                    return "sent"
                case -1 if self._broken != "gives up when WeChat is busy":
                    time.sleep(PAUSE)
                case 40001 if self._broken != "keeps a token that has ended":
                    self._token = ""
                case 45047:
                    return "waits"
                case _ if self._broken == "asks for ever":
                    continue
                case _:
                    return "dropped"
        return "dropped"

    def _asked(self, user: str, text: str) -> dict[str, Any]:
        if not self._token or self._broken == "a token for each message":
            token = self._call("/cgi-bin/stable_token", {})
            self._token = token["access_token"]
        part = "txt" if self._broken == "another name for its part" else "text"
        message = {
            "touser": user,
            "msgtype": "text",
            part: {"content": text},
            "text": {"content": text},
        }
        if part == "txt":
            del message["text"]
        path = f"/cgi-bin/message/custom/send?access_token={self._token}"
        return self._call(path, message)

    def _call(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(value, ensure_ascii=self._broken == "escapes Chinese").encode()
        request = urllib.request.Request(f"{self._api_url}{path}", body)
        with urllib.request.urlopen(request) as answer:
            result: dict[str, Any] = json.load(answer)
            return result
