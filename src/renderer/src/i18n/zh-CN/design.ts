export default {
  close: '关闭',
  cancel: '取消',
  dismiss: '关闭提示',
  messages: '消息',
  otherColour: '其他颜色',
}
