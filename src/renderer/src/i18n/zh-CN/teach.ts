import type { Messages } from '../translation.ts'

const teach: Messages['teach'] = {
  title: '从判断中学习',
  sentence:
    '您的接受、拒绝和改类会提高或降低相似标注的分数，并重排审核顺序。错误的会更快消失，少数正确的也会随之消失。关闭时分数仅由词语决定。已判断的标注保持不变。',
  weight: '判断的权重',
  off: '关闭',
  scoring: '正在重新评分',
  noAnswers: '还没有判断：请先接受、拒绝或改类几个标注。',
  notLearnt: '有 {count} 个判断，尚未学习。',
  learnt: '已从 {count} 个判断中学习。',
  newAnswers: '此后没有新判断。 | 此后有 {count} 个新判断。',
  newAnswersOf:
    '此后没有新判断；满 {of} 个会自动重新学习。 | 此后有 {count} 个新判断；满 {of} 个会自动重新学习。',
  forgotten: '{date} 之前的判断不再计入。',
  class: '类别',
  accepted: '接受',
  rejected: '拒绝',
  apply: '立即应用',
  forgetAsking: '清除…',
  forget: '清除',
  forgetTitle: '清除从 {count} 个判断中学到的内容？',
  forgetText: '在有新判断之前，分数恢复为仅由词语决定。已判断的标注保持不变。此操作无法撤销。',
  rescored: '没有可重新评分的自动标注图片 | 已对 {count} 张图片重新评分',
  changes: '新增 {added} 个标注，更改 {updated} 个，移除 {removed} 个',
}

export default teach
