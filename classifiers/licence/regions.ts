/**
 * Places at the head of company names: provinces with their designators and prefecture-level cities, so that
 * 广东省深圳市…, 深圳市… and 深圳… can be read as the same place. Counties are read by their designator alone.
 */
const PROVINCES = (
  '北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 ' +
  '内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾'
).split(' ');
const DESIGNATOR = '(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)';

const CITIES = (
  '石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 ' +
  '沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 ' +
  '南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 ' +
  '福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 ' +
  '郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 ' +
  '广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 儋州 ' +
  '成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 拉萨 ' +
  '西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 义乌 昆山 太仓 常熟 张家港 江阴 晋江 慈溪'
).split(' ');

const PROVINCE = new RegExp(`^(${PROVINCES.join('|')})${DESIGNATOR}?`);
const CITY = new RegExp(`^(${CITIES.join('|')})市?`);
/** A place the list does not know, told by its designator: 2-4 characters before 市, 区, 县, 州 … */
const DESIGNATED_CITY = /^(\p{Script=Han}{2,4}?)(?:市|自治州|地区|盟)(?=\p{Script=Han}{2})/u;
const DESIGNATED_COUNTY = /^(\p{Script=Han}{2,5}?)(?:新区|高新区|开发区|区|县|旗)(?=\p{Script=Han}{2})/u;
/** A place and nothing else. */
const PLACE = new RegExp(
  `^(?:(?:${PROVINCES.join('|')})${DESIGNATOR}?)?(?:(?:${CITIES.join('|')})市?|\\p{Script=Han}{2,4}市)?(?:\\p{Script=Han}{2,4}(?:新区|区|县))?$`,
  'u',
);
const MUNICIPALITIES = new Set(['北京', '天津', '上海', '重庆']);

export interface Region {
  readonly province: string | null;
  readonly city: string | null;
  readonly county: string | null;
}

/**
 * Reads the place at the head of a folded company name.
 * @returns the place without designators, and what follows it (never fewer than two characters)
 */
export function readRegion(name: string): { readonly region: Region; readonly rest: string } {
  let rest = name;
  const take = (pattern: RegExp): string | null => {
    const found = pattern.exec(rest);
    if (!found || rest.length - found[0].length < 2) return null;
    rest = rest.slice(found[0].length);
    return found[1] ?? null;
  };
  const head = take(PROVINCE);
  const municipality = head !== null && MUNICIPALITIES.has(head);
  const city = municipality ? head : (take(CITY) ?? take(DESIGNATED_CITY));
  return { region: { province: municipality ? null : head, city, county: take(DESIGNATED_COUNTY) }, rest };
}

const PARTS = ['province', 'city', 'county'] as const;
export const hasRegion = (r: Region): boolean => PARTS.some((part) => r[part] !== null);

/**
 * Whether two places can be one: nothing both name differs, and where both name a place, its city and county agree.
 * A name registered in the province (广东…) is another party than the one of a city (深圳…).
 */
export const compatible = (a: Region, b: Region): boolean =>
  !hasRegion(a) || !hasRegion(b) || ((a.province === null || b.province === null || a.province === b.province) && a.city === b.city && a.county === b.county);

/** Places big enough to stand inside a name without brackets: 鹿溪机械上海有限公司. */
const INSIDE = /^(.{2,}?)(北京|天津|上海|重庆|深圳|广州|杭州|南京|苏州|成都|武汉|西安|青岛|宁波|厦门|东莞|佛山|无锡|长沙|郑州)市?(.{0,12})$/;
const BRACKETED = /^([^([（【〔]{2,40})[([（【〔]([^)\]）】〕]{2,12})[)\]）】〕](.*)$/;

/** The place a name carries in brackets, 鹿溪机械（上海）有限公司, and the name without it; null when there is none. */
export function bracketedRegion(written: string): { readonly head: string; readonly place: string; readonly rest: string } | null {
  const found = BRACKETED.exec(written);
  const [head = '', place = '', tail = ''] = found?.slice(1) ?? [];
  if (place === '' || !PLACE.test(place)) return null;
  return { head, place, rest: head + tail };
}

/** The same for a folded name without brackets. */
export function insideRegion(rest: string): { readonly place: string; readonly rest: string } | null {
  const found = INSIDE.exec(rest);
  return found ? { place: found[2] ?? '', rest: `${found[1]}${found[3]}` } : null;
}

/** `广东深圳`, for sentences. */
export const regionText = (r: Region): string => [r.province, r.city, r.county].filter(Boolean).join('');
