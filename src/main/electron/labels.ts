import type { Settings } from '#shared/contract/settings.ts'

/** Words of the shell's own menu and dialogs; those of the page are the page's. */
const en = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  newProject: 'New project…',
  openProject: 'Open project…',
  openRecent: 'Open recent',
  noRecent: 'No recent projects',
  closeProject: 'Close project',
  addImages: 'Add images…',
  export: 'Export…',
  settings: 'Settings…',
  quit: 'Quit',
  undo: 'Undo',
  redo: 'Redo',
  projects: 'Projects',
  label: 'Label',
  review: 'Review',
  search: 'Search',
  packs: 'Packs',
  shortcuts: 'Keyboard shortcuts',
  about: 'About Lexmask',
  projectFiles: 'Lexmask projects',
  imageFiles: 'Images',
  choose: 'Choose',
  create: 'Create',
  add: 'Add',
  cannotOpen: 'Lexmask could not open this',
  closing: 'Lexmask is finishing the images in work.',
  closingDetail:
    'It closes by itself in a moment. What is left undone is gone on with at the next start.',
  wait: 'Wait',
  closeNow: 'Close now',
}
export type Labels = Readonly<typeof en>

const zh: Labels = {
  file: '文件',
  edit: '编辑',
  view: '视图',
  window: '窗口',
  help: '帮助',
  newProject: '新建项目…',
  openProject: '打开项目…',
  openRecent: '最近打开的项目',
  noRecent: '没有最近的项目',
  closeProject: '关闭项目',
  addImages: '添加照片…',
  export: '导出…',
  settings: '设置…',
  quit: '退出',
  undo: '撤销',
  redo: '重做',
  projects: '项目',
  label: '标注',
  review: '审核',
  search: '搜索',
  packs: '模型包',
  shortcuts: '键盘快捷键',
  about: '关于 Lexmask',
  projectFiles: 'Lexmask 项目',
  imageFiles: '图片',
  choose: '选择',
  create: '创建',
  add: '添加',
  cannotOpen: 'Lexmask 无法打开',
  closing: 'Lexmask 正在完成处理中的图片。',
  closingDetail: '稍后会自动关闭。未完成的部分会在下次启动时继续。',
  wait: '等待',
  closeNow: '立即关闭',
}

/** @param systemLocale what the setting "system" means */
export function labelsFor(locale: Settings['locale'], systemLocale: string): Labels {
  const wanted = locale === 'system' ? systemLocale : locale
  return wanted.toLowerCase().startsWith('zh') ? zh : en
}
