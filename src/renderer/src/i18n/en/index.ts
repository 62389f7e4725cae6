import annotations from './annotations.ts'
import app from './app.ts'
import canvas from './canvas.ts'
import correction from './correction.ts'
import design from './design.ts'
import errors from './errors.ts'
import exporting from './export.ts'
import guide from './guide.ts'
import history from './history.ts'
import images from './images.ts'
import keyboard from './keyboard.ts'
import labelling from './labelling.ts'
import machine from './machine.ts'
import packs from './packs.ts'
import projects from './projects.ts'
import providers from './providers.ts'
import review from './review.ts'
import search from './search.ts'
import settings from './settings.ts'
import teach from './teach.ts'
import vocabulary from './vocabulary.ts'

export default {
  annotations,
  app,
  canvas,
  correction,
  design,
  errors,
  export: exporting,
  guide,
  history,
  images,
  keyboard,
  labelling,
  machine,
  packs,
  projects,
  providers,
  review,
  search,
  settings,
  teach,
  vocabulary,
}
