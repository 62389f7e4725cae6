/** Closed word lists for `phrases.ts`. Words in lower case. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u))

/** Articles, prepositions, pronouns, auxiliaries, adverbs, numbers: no name of a thing has them inside. */
export const FUNCTION_WORDS = words(`
  a an the this that these those some any all both each every either neither no another other others such
  my your his her its our their whose which what who whom where when why how
  i you he she it we they me him us them myself yourself itself themselves one ones something anything everything
  nothing someone anyone everyone here there
  in on at by for from to into onto out off over under above below behind beside besides between among near next
  with without within inside outside through across along around about against during before after until since
  of up down upon toward towards via per than as like except excluding including beneath underneath
  and or but nor so yet if then else because while though although
  is are was were be been being am isn't aren't wasn't weren't has have had having do does did doing don't doesn't
  can could will would shall should may might must not also very too just only even still again once always never
  often sometimes usually maybe perhaps please really quite rather almost already more most less least many much few
  several lot lots plenty enough various different certain similar same own full
  zero two three four five six seven eight nine ten eleven twelve hundred thousand dozen dozens first second third
  left right front back top bottom middle side sides edge foreground background everywhere together apart away
  photo photos picture pictures image images scene scenes frame frames
  kind kinds sort sorts type types group groups pair pairs bunch pile piles row rows set sets number amount piece
  pieces couple crowd stack stacks part parts instance instances object objects thing things
`)

/** Verbs of captions and requests, in every form but -ing and -ed, which have rules of their own. */
export const VERBS = words(`
  find finds label labels detect detects segment segments annotate annotates mark marks count counts show shows
  see sees look looks want wants need needs ignore ignores skip skips include includes exclude excludes get gets
  give gives make makes take takes put puts let lets go goes come comes run runs walk walks stand stands sit sits
  lie lies hold holds held ride rides rode drive drives drove drove carry carries wear wears wore eat eats ate
  drink drinks drank play plays jump jumps fly flies flew push pushes pull pulls hang hangs hung lean leans cross
  crosses wait waits contain contains appear appears cover covers surround surrounds sat stood lay ran went came
  saw took made put seen shown taken made worn held driven ridden left placed set try tries use uses work works
`)

/**
 * Verbs in the forms that nouns share or begin with ("kick scooter", "throw pillow"): verbs after a
 * thing only.
 */
export const VERBS_AFTER_A_THING = words(`
  shake shakes shook graze grazes sleep sleeps slept kick kicks throw throws threw catch catches caught read reads
  write writes wrote talk talks speak speaks laugh laughs smile smiles swim swims swam climb climbs feed feeds fed
  chase chases cut cuts wash washes hug hugs kiss kisses dance dances sing sings sang kneel kneels bend bends bark
  barks bite bites chew chews lick licks hit hits pour pours prepare prepares enjoy enjoys pose poses approach
  approaches follow follows enter enters rest rests float floats fall falls fell overlook overlooks watch watches
  past
`)

/** Before a word in -ing they say that something is done. */
export const FORMS_OF_BE = words('is are was were be been being am')

/** What stands in front of a thing: a word in -s before it is a verb ("feeds the ducks"). */
export const DETERMINERS = words(
  'a an the this that these those his her its their my your our some several two three four five',
)

/** "I'd", "there's", "they're". */
export const CONTRACTION =
  /^(?:i|you|he|she|it|we|they|that|there|here|who|what)'(?:d|ll|m|re|s|ve)$/u

/** Words that tell how a thing is; alone they are no thing, and in front of one they may stay. */
export const ADJECTIVES = words(`
  red green blue yellow orange purple pink brown black white grey gray golden silver dark light bright colourful
  colorful big small large little tall short long tiny huge old new young wooden metal plastic round square empty
  broken damaged dirty clean wet dry open closed busy visible important main whole
`)

/** Descriptions of a moment, not of a kind: dropped in front of a thing. */
export const MOMENTARY = words(`
  parked used lost visible important main whole own possible standing sitting lying walking running moving waiting
  shown seen left placed
`)

/** End like verbs and are things. */
export const NOUNS_IN_ING = words(`
  building painting ceiling wing ring king string clothing awning railing earring sling swing spring lightning
  pudding stocking evening morning dressing siding thing drawing crossing wedding sibling dumpling duckling sapling
  fencing lighting awning covering bedding icing piping scaffolding landing opening earing herring starling
`)
export const NOUNS_IN_ED = words(`
  bed sled seed weed shed reed red bobsled flatbed moped bleed feed speed steed hundred breed watershed flowerbed
  seabed toolshed biped quadruped aniseed linseed rapeseed
`)

/** Things that English has in the plural only. */
export const PLURAL_ONLY = words(`
  scissors glasses sunglasses eyeglasses goggles trousers jeans pants shorts binoculars headphones earphones pliers
  tongs clothes stairs leggings tweezers pyjamas pajamas overalls handcuffs shears
`)

/** Between names in Chinese: particles, prepositions, conjunctions, pronouns, adverbs. */
export const CHINESE_FUNCTION_WORDS = words(`
  的 地 得 是 在 和 与 及 以及 或 或者 有 没有 没 把 被 了 着 过 从 到 向 对 对于 给 为 为了 跟 同 而 但 但是 并 并且 也
  都 就 还 还有 又 再 很 太 最 更 非常 不 别 请 我 你 他 她 它 我们 你们 他们 她们 它们 这 那 这些 那些 这个 那个 这里 那里
  哪 哪些 什么 谁 其他 其它 所有 全部 每 每个 各 各种 一些 许多 很多 几 多 少 等 等等 如 比如 例如 上 下 里 中 内 外 前 后
  左 右 旁 旁边 路边 上有 里有 中有 下有 边有 上面 下面 里面 外面 前面 后面 之间 中间 附近 左边 右边 左侧 右侧 远处 近处 背景 前景 要 想 需要 可以 能 会
  应该 正在 正 已经 将 除了 之外 包括 不要 张 图 图中 图片 照片 画面 图像 里的 上的 中的 物体 东西 一 二 两 三 四 五 六 七
  八 九 十 百 千 双
`)

/** Between a number and a thing. */
export const CHINESE_MEASURE_WORDS = words(`
  个 只 辆 条 位 名 台 把 匹 头 棵 朵 块 片 座 栋 间 件 副 双 对 群 堆 排 些 种 根 支 枝 瓶 杯 碗 盘 本 架 艘 扇 面 颗 粒 串
`)

export const CHINESE_VERBS = words(`
  标注 标出 标记 找 找出 找到 寻找 检测 检测出 识别 分割 圈出 看 看到 看见 显示 忽略 跳过 排除 骑 骑着 坐 坐着 站 站着 走
  走路 跑 跑步 停 停着 停放 停在 拿 拿着 穿 穿着 戴 戴着 吃 喝 玩 推 推着 拉 拉着 放 放着 躺 躺着 抱 抱着 开 开着 飞 等待
  行驶 使用 帮 帮我 坐在 站在 停在 放在 躺在 睡 睡在 趴 趴在 挂 挂在 摆 摆在 靠在 牵 牵着 散步 踢 切 用 吃草 喂 追 扔 举 举着
`)

export const CHINESE_ADJECTIVES = words(`
  红 绿 蓝 黄 白 黑 灰 紫 粉 橙 棕 红色 绿色 蓝色 黄色 白色 黑色 灰色 紫色 粉色 粉红色 橙色 棕色 金色 银色 大 小 高 矮 长 短
  新 旧 老 空 黑白 相 间 相间 大的 小的 破 破损 干净 脏 可见
`)
