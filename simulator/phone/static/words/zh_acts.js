// 对已存数据的操作。

export const acts = {
  actOn: "{act}：{name}",
  acts: {
    inWire: "看报文",
    resend: "重新发送",
    clear: "清除会话",
    empty: "清空待发",
    forget: "删除数据",
  },
  actsTold: {
    clear: "这位用户的会话和状态都会清除，对话从头开始。",
    empty: "等着发给这位用户的内容会全部丢弃。",
    forget:
      "删除这位用户的资料、会话和待发消息，并退出所有登录，与 python -m ops user forget 相同。",
  },

  // 存的是什么
  itemKinds: {
    session: "会话",
    waiting: "待发消息",
    outbox: "待发消息（升级前的格式）",
    expected: "长回复（记一小时）",
    limit: "每日次数限制",
    oauth: "网页授权的登录",
    ticket: "绑定链接",
  },
  nothingWaits: "没有待发",
  inState: "状态 {state}",
  usedTimes: "{route} 在 {day} 用了 {n} 次",
  signIns: { begun: "进行中", ended: "已结束" },
  tickets: { opened: "已打开，还没确认", used: "已确认" },
  bindingOf: "绑定的网站用户 {user}",
  routeByState: "由用户的状态决定",
};
