export default {
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  messages: 'Messages',
  otherColour: 'Other colour',
}
