export default {
  title: 'This machine',
  about: 'Opens every model that a run would open, and says what each runs on and why.',
  examine: 'Examine',
  again: 'Examine again',
  failed: 'This could not be done',
  cores: 'one core | {count} cores',
  memory: '{size} of memory',
  noGraphics: 'no graphics card was found',
  share: '{share} of the work',
  used: 'runs the models',
  works: 'works too',
  noModel: 'No model could be opened',
  speed: 'Speed',
  measure: 'Measure',
  measureAbout:
    'Times the detector in every precision on every provider, on photos of this project, and compares what it finds. “Automatic” then takes the fastest that finds the same.',
  needsProject: 'Open a project with photos first.',
  tooLittle:
    'The model is sure of too little in the first photos of this project, so that results cannot be compared. Put photos of things that it knows first, such as people, animals or cars.',
  busy: 'Images are being labelled, which would spoil the times. Pause the run first, or wait for its end.',
  starting: 'Starting…',
  step: '{step} of {total}: {way}',
  way: 'Provider · precision',
  time: 'An image',
  result: 'Compared',
  ms: '{ms} ms',
  reference: 'what the others are compared with',
  agrees:
    'agrees: {found} of one region found again, scores ± {score}, masks {mask} | agrees: {found} of {count} regions found again, scores ± {score}, masks {mask}',
  differs:
    'differs: {found} of one region found again, scores ± {score}, masks {mask} | differs: {found} of {count} regions found again, scores ± {score}, masks {mask}',
  fastest:
    '{way} is the fastest that finds the same: {times} times as fast as {reference}. “Automatic” takes it for {pack}.',
  referenceFastest: '{way} is the fastest that finds the same. “Automatic” takes it for {pack}.',
  measuredOn: '{pack}, {date}: {machine}',
}
