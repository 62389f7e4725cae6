import type { ErrorCode } from '#shared/contract/errors.ts'

/** Where a code is missing here, the message is shown as the application tells it. */
const errors: { readonly UNKNOWN: string } & Partial<Record<ErrorCode, string>> = {
  UNKNOWN: '窗口中发生意外错误，请重试。',
  CONFLICT: '内容在此期间已被更改，请查看最新内容后重试。',
  CANCELLED: '已取消。',
  TRANSPORT_FAILED: '与 Lexmask 的连接失败。请确认它仍在运行，然后重试。',
  INTERNAL:
    'Lexmask 内部发生意外错误，此次请求没有保存任何内容。请重试；若仍然出现，请附上日志报告。',
  PROJECT_NOT_FOUND: '找不到项目文件。它可能已被移动或删除。',
  PROJECT_FOLDER_MISSING: '项目所在的文件夹不存在。请选择已有的文件夹。',
  PROJECT_NOT_LEXMASK: '该文件不是 Lexmask 项目。请选择 .lexmask 文件。',
  PROJECT_TOO_NEW: '该项目由更新版本的 Lexmask 创建。请更新 Lexmask 后再打开。',
  PROJECT_TOO_OLD: '该项目由过旧版本的 Lexmask 创建，无法打开。',
  PROJECT_DAMAGED: '项目文件已损坏。请用备份替换，或以只读方式查看其余内容。',
  PROJECT_IN_USE: '该项目正被另一个 Lexmask 使用。请先在那里关闭它。',
  PROJECT_READ_ONLY: '该项目为只读，无法更改。',
  DISK_FULL: '磁盘已满。请腾出空间后重试。',
  CLASS_IN_USE: '该类别仍有标注。请先更改或删除这些标注。',
  FILE_NOT_FOUND: '找不到文件。',
  FILE_UNREADABLE: '无法读取文件，请检查访问权限。',
  FILE_UNWRITABLE: '无法写入文件，请检查访问权限或选择其他位置。',
  FOLDER_MISSING: '文件夹不存在。',
  NOT_A_FOLDER: '该路径不是文件夹。',
  NO_IMAGES: '其中没有找到可用的图片。',
  IMAGE_MISSING: '图片文件不在原来的位置。',
  PACK_MISSING: '没有找到所需的模型包。请在“模型包”中查看安装方法。',
  DOWNLOAD_FAILED:
    '无法从 {host} 下载 {file}（{cause}）。原有的模型包不受影响；请检查网络后重试，或在设置中更换镜像。',
  MODEL_CHECKSUM_MISMATCH: '{host} 提供的 {file} 校验不符，已丢弃。请稍后重试，或更换镜像。',
  INFERENCE_FAILED: '推理进程多次意外结束。请重试。',
}

export default errors
