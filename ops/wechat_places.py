"""Where operators find things of their account in WeChat.

Since December 2025 they are on 微信开发者平台; only 网页授权域名 and 业务域名 stayed on 公众平台.

https://developers.weixin.qq.com/doc/service/guide/dev/migration.html
https://developers.weixin.qq.com/doc/subscription/guide/dev/migration.html
"""

PLATFORM = "微信开发者平台"
ADDRESS = "https://developers.weixin.qq.com/platform"

_ACCOUNT = f"{PLATFORM} ({ADDRESS}) → 我的业务 → 公众号 or 服务号"
KEYS = f"{_ACCOUNT} → 基础信息 → 开发密钥"
"""AppID, AppSecret and the IP whitelist."""
PUSHES = f"{_ACCOUNT} → 基础信息 → 域名与消息推送配置"
"""URL, token, encoding_aes_key and mode."""
PERMISSIONS = f"{_ACCOUNT} → 接口管理 → 接口权限与额度"
DOMAINS = "公众平台 (https://mp.weixin.qq.com) → 设置与开发 → 账号设置 → 功能设置"
"""网页授权域名 and 业务域名."""
