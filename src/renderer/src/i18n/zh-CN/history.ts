export default {
  title: '操作历史',
  noImage: '选择一张图片以查看其操作步骤。',
  none: '该图片还没有任何操作。',
  beginning: '初始状态',
  undone: '（已撤销）',
  byRun: '自动标注任务',
  undoRun: '在整个项目中撤销此次自动标注…',
}
