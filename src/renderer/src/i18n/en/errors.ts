/** English failures say what happened themselves; only what has no failure of its own stands here. */
export default {
  UNKNOWN: 'Something unexpected went wrong in the window. Try it again.',
}
