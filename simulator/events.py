"""Every event that WeChat documents, with typical fields.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html
"""

from collections.abc import Mapping

from .xml import Fields

USER = "oSimulated_user_0000000000_1"
"""The openid of the default user."""

PLATFORM = "oSimulated_platform_000000_1"
"""The sender of events about a user, which have the user's id in their field OpenID."""

WITHDRAWALS = ("user_authorization_revoke", "user_authorization_cancellation")

PICTURE_EVENTS = ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")

_TEMPLATE = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc"
_CARD: Fields = {"CardId": "pFS7Fjg8kV1IdDz01r4SQwMkuCKc", "UserCardCode": "226009850808"}
_PRIVACY: Fields = {"OpenID": USER, "AppID": "", "RevokeInfo": "1"}
"""The empty AppID is filled with that of the account that gets the push."""
_GIFT: Fields = {"PageId": "I6m_mNdsXNuTZ9ZVT4TQCA==", "OrderId": "Z2y2rY74ksZX1ceuGA"}
_PICTURES: Fields = {
    "EventKey": "rselfmenu_1_0",
    "SendPicsInfo": {
        "Count": 1,
        "PicList": {"item": {"PicMd5Sum": "1b5f7c23b5bf75682a53e7b6d163e185"}},
    },
}
_PUBLISHED: Fields = {
    "PublishEventInfo": {
        "publish_id": "2247503051",
        "publish_status": 0,
        "article_id": "b5O2OUs25HBxRceL7hfReg",
        "article_detail": {
            "count": 1,
            "item": {"idx": 1, "article_url": "https://example.com/1"},
        },
    },
}
_PRODUCT: Fields = {"KeyStandard": "ean13", "KeyStr": "6901481811083", "ExtInfo": "123"}
_VERIFIED: Fields = {"ExpiredTime": 1442401156}
_NOT_VERIFIED: Fields = {"FailTime": 1442401122, "FailReason": "提交的资料有误"}

_CHAT: Mapping[str, Fields] = {
    "subscribe": {"EventKey": ""},
    "unsubscribe": {"EventKey": ""},
    "SCAN": {"EventKey": "123", "Ticket": "simulated-ticket"},
    "LOCATION": {"Latitude": 23.137466, "Longitude": 113.352425, "Precision": 119.38504},
    "kf_create_session": {"KfAccount": "service@simulated"},
    "kf_close_session": {"KfAccount": "service@simulated"},
    "kf_switch_session": {
        "FromKfAccount": "service@simulated",
        "ToKfAccount": "sales@simulated",
    },
}
_MENU: Mapping[str, Fields] = {
    "CLICK": {"EventKey": "KEY"},
    "VIEW": {"EventKey": "https://example.com/", "MenuId": 425203712},
    "view_miniprogram": {"EventKey": "pages/index/index", "MenuId": 425203712},
    "scancode_push": {
        "EventKey": "rselfmenu_0_1",
        "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "https://example.com/"},
    },
    "scancode_waitmsg": {
        "EventKey": "rselfmenu_0_0",
        "ScanCodeInfo": {"ScanType": "barcode", "ScanResult": "EAN_13,6901234567892"},
    },
    **dict.fromkeys(PICTURE_EVENTS, _PICTURES),
    "location_select": {
        "EventKey": "rselfmenu_2_0",
        "SendLocationInfo": {
            "Location_X": "23.137466",
            "Location_Y": "113.352425",
            "Scale": "15",
            "Label": "广州市天河区体育西路",
            "Poiname": "",
        },
    },
}
_RESULTS: Mapping[str, Fields] = {
    "TEMPLATESENDJOBFINISH": {"MsgID": 200163836, "Status": "success"},
    "MASSSENDJOBFINISH": {
        "MsgID": 1000001625,
        "Status": "send success",
        "TotalCount": 80,
        "FilterCount": 78,
        "SentCount": 75,
        "ErrorCount": 3,
        "CopyrightCheckResult": {
            "Count": 1,
            "ResultList": {"item": {"ArticleIdx": 1, "AuditState": 2, "CanReprint": 1}},
            "CheckState": 2,
        },
        "ArticleUrlResult": {
            "Count": 1,
            "ResultList": {"item": {"ArticleIdx": 1, "ArticleUrl": "https://example.com/1"}},
        },
    },
    "PUBLISHJOBFINISH": _PUBLISHED,
    "FREEPUBLISHJOBFINISH": _PUBLISHED,
    "subscribe_msg_popup_event": {
        "SubscribeMsgPopupEvent": {
            "List": {
                "TemplateId": _TEMPLATE,
                "SubscribeStatusString": "accept",
                "PopupScene": 2,
            },
        },
    },
    "subscribe_msg_change_event": {
        "SubscribeMsgChangeEvent": {
            "List": {"TemplateId": _TEMPLATE, "SubscribeStatusString": "reject"},
        },
    },
    "subscribe_msg_sent_event": {
        "SubscribeMsgSentEvent": {
            "List": {
                "TemplateId": _TEMPLATE,
                "MsgID": "1700827132819554304",
                "ErrorCode": 0,
                "ErrorStatus": "success",
            },
        },
    },
}
_ACCOUNT: Mapping[str, Fields] = {
    "user_info_modified": _PRIVACY,
    **dict.fromkeys(WITHDRAWALS, _PRIVACY),
    "qualification_verify_success": _VERIFIED,
    "qualification_verify_fail": _NOT_VERIFIED,
    "naming_verify_success": _VERIFIED,
    "naming_verify_fail": _NOT_VERIFIED,
    "annual_renew": _VERIFIED,
    "verify_expired": _VERIFIED,
}
_CARDS: Mapping[str, Fields] = {
    "card_pass_check": {"CardId": _CARD["CardId"], "RefuseReason": ""},
    "card_not_pass_check": {"CardId": _CARD["CardId"], "RefuseReason": "图片不清晰"},
    "user_get_card": {**_CARD, "IsGiveByFriend": 0, "FriendUserName": "", "OuterId": 0},
    "user_gifting_card": {**_CARD, "IsReturnBack": 0, "FriendUserName": "", "IsChatRoom": 0},
    "user_del_card": _CARD,
    "user_consume_card": {**_CARD, "ConsumeSource": "FROM_API", "VerifyCode": ""},
    "user_pay_from_pay_cell": {**_CARD, "TransId": "10022403432015000000", "Fee": 10000},
    "user_view_card": {**_CARD, "OuterStr": "12b"},
    "user_enter_session_from_card": _CARD,
    "update_member_card": {**_CARD, "ModifyBonus": 3, "ModifyBalance": 0},
    "card_sku_remind": {"CardId": _CARD["CardId"], "Detail": "库存不足"},
    "card_pay_order": {"OrderId": "404091456", "Status": "ORDER_STATUS_FINANCE_SUCC"},
    "submit_membercard_user_info": _CARD,
    "giftcard_pay_done": _GIFT,
    "giftcard_send_to_friend": {**_GIFT, "IsChatRoom": "false", "IsReturnBack": "false"},
    "giftcard_user_accept": {**_GIFT, "IsChatRoom": "false"},
}
_SHOPS: Mapping[str, Fields] = {
    "poi_check_notify": {
        "UniqId": "123adb",
        "PoiId": "123123",
        "Result": "fail",
        "Msg": "xxxxxx",
    },
    "WifiConnected": {"ConnectTime": 1428394200, "VendorId": "3001224419", "ShopId": "10"},
    "ShakearoundUserShake": {
        "ChosenBeacon": {
            "Uuid": "121212121212",
            "Major": 1111,
            "Minor": 1111,
            "Distance": 0.057,
        },
        "AroundBeacons": {
            "AroundBeacon": [
                {"Uuid": "121212121212", "Major": 2222, "Minor": 2222, "Distance": 166.816},
                {"Uuid": "121212121212", "Major": 3333, "Minor": 3333, "Distance": 15.013},
            ],
        },
    },
    "merchant_order": {"OrderId": "7197417460812584720", "OrderStatus": 2, "SkuInfo": ""},
    "user_scan_product": _PRODUCT,
    "user_scan_product_enter_session": _PRODUCT,
    "user_scan_product_async": _PRODUCT,
    "user_scan_product_verify_action": _PRODUCT,
    "user_authorize_invoice": {"SuccOrderId": "20170304", "FailOrderId": "", "Source": "web"},
    "update_invoice_status": {
        "Status": "INVOICE_REIMBURSE_CLOSURE",
        "CardId": "psBJ4t",
        "Code": "1",
    },
    "submit_invoice_title": {"title": "示例公司", "tax_no": "91440300", "Source": "web"},
}

EVENTS: Mapping[str, Fields] = {
    **_CHAT,
    **_MENU,
    **_RESULTS,
    **_ACCOUNT,
    **_CARDS,
    **_SHOPS,
}
