"""Calls that WeChat refuses, as an errcode and its errmsg.

https://developers.weixin.qq.com/doc/oplatform/developers/errCode/
"""

from collections.abc import Mapping

NOT_PLAYED = 501
"""The simulator's own errcode for what it does not play. WeChat has no such code."""

ERRMSGS: Mapping[int, str] = {
    -1: "system error",
    20001: "system error",
    20002: "param error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40025: "invalid sub button name size",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40037: "invalid template_id",
    40066: "invalid url",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    40246: "keyword name invalid",
    40247: "template library is upgraded, use the id of a category template",
    41001: "access_token missing",
    41003: "refresh_token missing",
    41005: "media data missing",
    41008: "code missing",
    41009: "openid missing",
    41030: "invalid page",
    42001: "access_token expired",
    42002: "refresh_token expired",
    42003: "code expired",
    42007: "access_token and refresh_token exception",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44001: "empty media data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45015: "response out of time limit or subscription is canceled",
    45026: "template num exceeds limit",
    45047: "out of response count limit",
    45056: "too many tag now, no need to add new",
    45058: "can't modify sys tag",
    45059: "can not tag a user more than 20 tags",
    45072: "invalid command",
    45080: "no exchange with the user within 30 seconds",
    45081: "typing already",
    45157: "invalid tag name",
    45158: "tag name too long",
    45159: "invalid tag id",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    65301: "no such personalized menu",
    65302: "no such user",
    65303: "there is no default menu",
    65304: "match rule empty",
    65320: "match rule contains privacy information",
    65401: "invalid custom service account",
    65402: "custom account need to bind wx user",
    65403: "illegal nickname",
    65404: "illegal custom account",
    65405: "custom account number reach limit",
    65406: "custom account exist",
    65407: "the wechat user have been one of your workers",
    65409: "invalid wechat id",
    65412: "the custom account has been bound to a wechat user",
    65413: "no effective session for the customer",
    65414: "the customer is served by another agent",
    76021: "cgi_path not found, please check",
    200012: "template num exceeds limit",
    200014: "tid does not exist",
    200020: "invalid keywords",
    200021: "invalid sceneDesc",
}


class Refused(Exception):
    """A refused call. The answer is still HTTP 200, with the errcode."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg or ERRMSGS[errcode]
        super().__init__(self.errmsg)
