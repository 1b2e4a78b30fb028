"""Answers words that users are told about."""

import re

from chalicelib.router import Context, Router
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Article, News, Reply, Text

router = Router("keywords")


@router.on(TextMessage, content=re.compile("帮助|help|[?？]", re.IGNORECASE), idempotent=True)
def usage(message: TextMessage, ctx: Context) -> Reply:
    return Text("发文字，我会原样回复您；发“新闻”看文章；图片、语音、视频也可以发来试试。")


@router.on(TextMessage, content="新闻", idempotent=True)
def news(message: TextMessage, ctx: Context) -> Reply:
    return News(
        Article(
            title="公众号开发，从这里开始",
            description="微信官方文档：接收消息、回复消息与事件推送。",
            url="https://developers.weixin.qq.com/doc/service/guide/",
        )
    )
