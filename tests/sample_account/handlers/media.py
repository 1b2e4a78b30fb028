"""Sends media back in kind, and says what it got of the rest."""

from chalicelib.router import Context, Router
from chalicelib.wechat.messages import (
    ImageMessage,
    LinkMessage,
    LocationMessage,
    VideoMessage,
    VoiceMessage,
)
from chalicelib.wechat.replies import Image, Reply, Text, Video, Voice

router = Router("media")


@router.on(ImageMessage, idempotent=True)
def image(message: ImageMessage, ctx: Context) -> Reply:
    return Image(message.media_id)


@router.on(VoiceMessage, idempotent=True)
def voice(message: VoiceMessage, ctx: Context) -> Reply:
    return Voice(message.media_id)


@router.on(VideoMessage, idempotent=True)
def video(message: VideoMessage, ctx: Context) -> Reply:
    return Video(message.media_id, title="您发来的视频")


@router.on(LocationMessage, idempotent=True)
def location(message: LocationMessage, ctx: Context) -> Reply:
    place = message.label or f"{message.location_x}, {message.location_y}"
    return Text(f"已收到您的位置：{place}")


@router.on(LinkMessage, idempotent=True)
def link(message: LinkMessage, ctx: Context) -> Reply:
    return Text(f"已收到链接：{message.title}")
