// Translations of the sentences and reasons in the log and of the server, which are in English. {}
// stands for a part that varies, and is filled in again in order.

export const zh = {
  // 日志：发生了什么
  "a callback has to wait, because many codes failed": "授权回调需稍后再试：失败的 code 太多",
  "a callback was refused, because this browser did not start it": "拒绝了一次授权回调：不是这个浏览器发起的",
  "a file failed": "取文件出错",
  "a job failed": "任务失败，稍后重试",
  "a job is dead; it waits in the dead-letter queue": "任务彻底失败，已进死信队列",
  "a page failed": "网页出错",
  "a parameter is malformed": "有参数格式不对",
  "a parameter is missing": "缺少参数",
  "a part of an answer may be sent twice": "回复中有一条可能发了两次",
  "an event changed a profile": "事件更新了用户资料",
  "a reply has no late form and was dropped": "有一条回复不能作为客服消息发送，已丢弃",
  "a user deleted their data": "用户删除了自己的数据",
  "a user must authorize again": "用户需要重新授权",
  "a user was bound": "用户已绑定",
  "a user was unbound": "用户已解绑",
  "a visitor cannot be signed in": "访客登录不了",
  "an answer cannot be sent any more and was dropped": "回复已经发不出去，被丢弃",
  "an authentic push cannot be read": "推送已通过验证，但内容无法解析",
  "an effect is left to the worker": "后端自身的处理交给了 worker",
  "an idempotent handler is slow; write slow=True": "幂等的处理函数太慢，请写 slow=True",
  "calls to WeChat fail until an operator acts": "微信接口调不通，需要运维处理",
  "in plaintext mode anybody could have sent this": "明文模式下无法确认来源，所以只记日志",
  "process started": "进程已启动",
  "push failed": "处理推送出错",
  "pushes turned away": "有推送被拒绝",
  "secrets could not be read": "读不到密钥",
  "the apology could not be sent": "致歉没能发出",
  "typing could not be shown": "“正在输入”显示不了",
  "verification failed": "验证出错",

  // 日志：为什么
  no_window: "这种事件之后不能再发消息",
  window_closed: "已过可以发送的时间",
  window_full: "可发的条数已用完",
  app_id: "是发给别的账号的",
  base64: "密文不是 Base64",
  blocks: "密文不是整块",
  field_missing_or_wrong: "缺少字段，或字段不对",
  length: "长度与内容不符",
  mode: "与账号的加解密方式不符",
  no_key: "还没有 EncodingAESKey",
  not_encrypted: "没有加密",
  not_xml: "不是 XML",
  padding: "填充不对，多半是 EncodingAESKey 不一致",
  "repeated_{}": "参数 {} 重复出现",
  secrets_unavailable: "读不到密钥",
  signature_missing: "没有签名",
  signature_or_echostr_missing: "没有签名或 echostr",
  signature_wrong: "签名不对，多半是 token 不一致",
  timestamp: "时间戳相差超过 5 分钟",
  too_large: "太大",
  "DynamoDB: {}": "DynamoDB 出错：{}",
  "SQS: {}": "SQS 出错：{}",
  "SSM: {}": "SSM 出错：{}",
  "a profile kept changing while it was written": "写入时用户资料一直在被修改",
  "the parameter {} is missing or malformed": "参数 {} 缺失或格式不对",
  "the parameter {} is missing; run: {}": "缺少参数 {}，请运行：{}",
  "a later release of wechalice wrote this; deploy that release again":
    "这是更新版本的 wechalice 写下的，请重新部署那个版本",
  "the queue": "队列连不上",
  "the record vanished": "推送记录丢失",
  "the secret own/{} is missing; run: {}": "缺少密钥 own/{}，请运行：{}",
  "the secrets could not be read again": "没能重新读取密钥",
  "the secrets have not been read yet": "还没读到密钥",
  "{} is not URL-safe base64 of 32 bytes": "{} 不是 32 字节的 URL 安全 Base64",

  // 日志：微信接口的错误，以及该怎么办
  "check WECHAT_API_URL: it answered HTTP {}": "请检查 WECHAT_API_URL：它的答复是 HTTP {}",
  "check WECHAT_API_URL: its answer is not WeChat's JSON":
    "请检查 WECHAT_API_URL：答复不是微信的 JSON",
  "check WECHAT_API_URL: its answer has no {}": "请检查 WECHAT_API_URL：答复里没有 {}",
  "wait, or check WECHAT_API_URL: WeChat is out of reach ({})":
    "请稍等，或检查 WECHAT_API_URL：连不上微信（{}）",
  "wait: WeChat answers slowly": "请稍等：微信响应太慢",
  "wait: WeChat answered HTTP {}": "请稍等：微信的答复是 HTTP {}",
  "wait: WeChat did not answer ({})": "请稍等：微信没有答复（{}）",
  "wait: WeChat's answer about a user is not as documented":
    "请稍等：微信返回的用户信息与文档不符",
  "wait: WeChat's answer to a code is not as documented":
    "请稍等：微信用 code 换来的答复与文档不符",
  "wait: a gateway answered HTTP {}": "请稍等：网关的答复是 HTTP {}",
  "look the errcode up in WeChat's documentation": "请在微信文档里查这个错误码",
  "let all programs of this account fetch tokens by stable_token, without force":
    "请让这个账号的所有程序都用 stable_token 取 access_token，且不强制刷新",
  "nothing to do: 48 hours have passed since the user's message, or a minute since a tap":
    "无需处理：用户发消息已超过 48 小时，或点击已超过一分钟",
  "nothing to do: the user has to authorize again": "无需处理：用户需要重新授权",
  "nothing to do: the user loaded the page twice, or too late":
    "无需处理：用户重复打开了网页，或打开得太晚",
  "wait: WeChat is busy": "请稍等：微信系统繁忙",
  "make fewer calls per minute": "请降低每分钟的调用次数",
  "nothing to do: this openid belongs to another account": "无需处理：这个 openid 不属于本账号",
  "upload the media again: this media_id has expired, or never existed":
    "请重新上传素材：media_id 已过期，或者不存在",
  "send another kind of message: WeChat does not know this one":
    "请换一种消息：微信不认识这种类型",
  "write some text: the message was empty": "请说点什么：消息是空的",
  "send one article per message": "每条消息只能有一篇图文",
  "nothing to do: the user does not follow the account": "无需处理：用户没有关注公众号",
  "take the user off the account's blacklist, if they should get messages":
    "用户在黑名单里；要给他发消息，请先移出",
  "make the message shorter": "请把消息改短",
  "send a smaller file: WeChat takes none of this size": "请换小一点的文件：微信不收这么大的",
  "link the mini program with this account, or correct its appid":
    "请把小程序关联到这个公众号，或改正它的 AppID",
  "correct the template id: the account has no such template": "请改正模板 ID：账号没有这个模板",
  "nothing to do: the user has not subscribed to this message": "无需处理：用户没有订阅这条消息",
  "nothing to do: the user has not written within the last 30 seconds":
    "无需处理：最近 30 秒内用户没有发过消息",
  "nothing to do: the user sees already that an answer is coming":
    "无需处理：“正在输入”还在显示",
  "correct the arguments: WeChat does not take one of them": "请改正参数：有一个微信不接受",
  "correct the kf_account: the account has no such staff": "请改正 kf_account：账号没有这位客服",
  "nothing to do: minors do not get this message": "无需处理：这条消息不发给未成年人",
  "answer in fewer messages: the user has to write before they get more":
    "请少分几条：用户再发消息之前，不能再给他发",
  "set LATE_ANSWERS=passive: the account may not send customer service messages":
    "账号没有发客服消息的权限：请设 LATE_ANSWERS=passive",
  "request this API in WeChat's console: the account may not call it":
    "账号没有这个接口的权限：请到公众平台申请",
  "nothing to do: the user refuses messages of this account": "无需处理：用户拒收本账号的消息",
  "put the account's AppID into the parameter app-id": "请把账号的 AppID 写进参数 app-id",
  "put the latest AppSecret from WeChat's console into app-secret":
    "请把公众平台最近生成的 AppSecret 写进参数 app-secret",
  "add this address to the IP whitelist in WeChat's console":
    "请把这个地址加进公众平台的 IP 白名单",
  "let an administrator of the account confirm this address in WeChat":
    "请让账号的管理员在微信里确认这个 IP 地址",
  "thaw the AppSecret in WeChat's console: it is frozen": "AppSecret 被冻结：请到公众平台解冻",
  "wait until midnight or clear the account's quota: it is used up":
    "调用次数已用完：请等到零点，或清零配额",
  "read the notices in WeChat's console: this API is banned":
    "接口已被封禁：请看公众平台的通知",

  // 模拟器为什么拒绝
  "WeChat takes pictures of at most 10 MB": "图片最大 10 MB",
  "a later release of wechalice saved this conversation": "这个会话是更新版本的 wechalice 保存的",
  "a conversation has a list of steps": "会话里应有一组步骤",
  "a mode is one of {}": "加解密方式只有 {}",
  "a name has 1 to {} letters": "名字应有 1 到 {} 个字",
  "a secret is one of {}": "密钥只有 {}",
  "a step has an openid, and a push with a MsgType":
    "每一步应有 openid，还有带 MsgType 的推送",
  "action, argument and openid are texts": "action、argument 和 openid 应是文本",
  "amount is a number": "数量应是数字",
  "argument invalid!": "菜单不对：一级菜单应有 1 到 3 个",
  "fields are an object": "字段应是一个对象",
  "no action {}": "没有动作 {}",
  "no fault {}; there are {}": "没有故障 {}，只有 {}",
  "nobody has done anything of that number": "没有这一条，无法重做",
  "not JSON": "不是 JSON",
  "not a JSON object": "不是 JSON 对象",
  "only the page itself may do that": "只有本页面可以执行这个操作",
  "openid is a text, fields have a MsgType": "openid 应是文本，字段里应有 MsgType",
  "since is the number of a revision": "since 应是一个版本号",
  "text is a text": "要推送的内容应是文本",
  "the fault {} takes no amount": "故障 {} 不带数量",
  "the fault {} takes {} to {}": "故障 {} 的数量应在 {} 到 {} 之间",
  "the handlers took more than {} seconds to load": "加载处理函数超过 {} 秒",
  "the setting {} cannot be {}": "设置 {} 不能是 {}",
  "there is no SSM here; make run starts one": "这里没有 SSM；make run 会启动一个",
  "there is no such place": "没有这个地址",
  "there is no such thing": "不存在",
};

export const en = {
  no_window: "no message may be sent after such an event",
  window_closed: "too late to be sent",
  window_full: "no more messages may be sent",
  app_id: "it is for another account",
  base64: "the ciphertext is not base64",
  blocks: "the ciphertext does not consist of whole blocks",
  field_missing_or_wrong: "a field is missing or wrong",
  length: "the length does not fit the content",
  mode: "not in the account's mode",
  no_key: "there is no EncodingAESKey yet",
  not_encrypted: "not encrypted",
  not_xml: "not XML",
  padding: "the padding is wrong: most likely the EncodingAESKey differs",
  "repeated_{}": "the parameter {} is repeated",
  secrets_unavailable: "the secrets cannot be read",
  signature_missing: "there is no signature",
  signature_or_echostr_missing: "there is no signature, or no echostr",
  signature_wrong: "the signature is wrong: most likely the token differs",
  timestamp: "the timestamp is off by more than five minutes",
  too_large: "too large",
  "the queue": "the queue cannot be reached",
  "argument invalid!": "a menu has one to three top-level buttons",
};
