"""The calls of WeChat's API about drafts and published articles, as far as they only read.

Drafts are written on the account's own pages. Here there is one, and nothing is published.
"""

from collections.abc import Mapping
from typing import Any

from .bodies import ApiRequest
from .endpoints import Answer, Calls, page, posting, reading
from .refusals import Refused
from .world import World

PUBLISHED = "/cgi-bin/freepublish/batchget"

_DRAFT: Mapping[str, Any] = {
    "article_type": "news",
    "title": "一篇示例草稿",
    "author": "",
    "digest": "模拟的草稿箱里只有这一篇",
    "content": "<p>你好。</p>",
    "content_source_url": "",
    "thumb_media_id": "simulated-thumb",
    "show_cover_pic": 0,
    "need_open_comment": 0,
    "only_fans_can_comment": 0,
    "url": "https://mp.weixin.qq.com/s/simulated",
}
DRAFTS: Mapping[str, tuple[int, list[Mapping[str, Any]]]] = {
    "simulated-draft": (1_764_547_200, [_DRAFT])
}
"""By media_id: when it was changed, and its articles."""


def batch(_: World, request: ApiRequest) -> Answer:
    without = {"content"} if request.fields.get("no_content") == 1 else set()
    items = [
        {
            "media_id": media_id,
            "content": {"news_item": [_without(each, without) for each in articles]},
            "update_time": changed,
        }
        for media_id, (changed, articles) in DRAFTS.items()
    ]
    return page(request, items)


def get(_: World, request: ApiRequest) -> Answer:
    found = DRAFTS.get(str(request.fields.get("media_id")))
    if found is None:
        raise Refused(40007)
    return {"news_item": found[1]}


def count(_: World, __: ApiRequest) -> Answer:
    return {"total_count": len(DRAFTS)}


def batch_published(_: World, request: ApiRequest) -> Answer:
    return page(request, [])


def _without(article: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in article.items() if name not in names}


CALLS: Calls = {
    "/cgi-bin/draft/batchget": posting(batch),
    "/cgi-bin/draft/get": posting(get),
    "/cgi-bin/draft/count": reading(count),
    PUBLISHED: posting(batch_published),
}
