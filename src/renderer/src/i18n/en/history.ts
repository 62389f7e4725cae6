export default {
  title: 'History',
  noImage: 'Choose an image to see its steps.',
  none: 'Nothing has been done to this image yet.',
  beginning: 'Beginning',
  undone: '(undone)',
  byRun: 'Auto-label run',
  undoRun: 'Undo this auto-label run everywhere…',
}
