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
  itemKinds: { session: "会话", waiting: "待发", outbox: "待发（1.0.0）" },
};
