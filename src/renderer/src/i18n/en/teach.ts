export default {
  title: 'Learn from answers',
  sentence:
    'What you accept, reject or re-class raises or lowers the scores of proposals like it, and orders Review anew. Wrong ones go sooner, and a few right ones with them. Off means scores by words alone. What you judged stays as it is.',
  weight: 'Weight of your answers',
  off: 'Off',
  scoring: 'Scoring again',
  noAnswers: 'No answers yet: accept, reject or re-class a few proposals.',
  notLearnt: 'One answer, nothing learnt yet. | {count} answers, nothing learnt yet.',
  learnt: 'Learnt from one answer. | Learnt from {count} answers.',
  newAnswers: 'None new since. | One new since. | {count} new since.',
  newAnswersOf:
    'None new since; it learns again by itself after {of}. | One new since; it learns again by itself after {of}. | {count} new since; it learns again by itself after {of}.',
  forgotten: 'Answers up to {date} were forgotten.',
  class: 'Class',
  accepted: 'Accepted',
  rejected: 'Rejected',
  apply: 'Apply now',
  forgetAsking: 'Forget…',
  forget: 'Forget',
  forgetTitle: 'Forget what one answer taught? | Forget what {count} answers taught?',
  forgetText:
    'Scores are again those of the words alone, until there are new answers. Annotations that you judged stay as they are. This cannot be undone.',
  rescored:
    'No auto-labelled image to score again | One image scored again | {count} images scored again',
  changes: '{added} new, {updated} changed, {removed} gone',
}
