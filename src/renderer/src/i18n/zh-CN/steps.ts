/** Names of steps as the application writes them; others are shown as they are. */
const steps: Readonly<Record<string, string>> = {
  'Auto-label': '自动标注',
  'Re-score': '重新评分',
  'Edit mask': '编辑掩码',
  'Delete annotations': '删除标注',
  'Delete annotation': '删除标注',
  'Change class': '更改类别',
  'Accept annotations': '接受标注',
  'Reject annotations': '拒绝标注',
  'Edit vocabulary': '编辑词表',
  'Merge classes': '合并类别',
  'Promote candidate': '采用候选',
}

export default steps
