/**
 * Posts of our own writing in any number: templates and vocabulary put together by a seeded generator, about 500
 * characters each, most of them lawful, some with a restriction, a charge, an odd way of writing or a missing element.
 */
export interface MadePost {
  readonly id: string;
  readonly title: string;
  readonly company: string;
  readonly salary: string;
  readonly location: string;
  readonly text: string;
}

const PLACES = ['云汀市', '河埠县', '青岚区', '石塘镇', '北渡新区', '松岭市', '白鹭洲区', '南浦县'];
const STREETS = ['解放路', '创业大道', '工农街', '新港路', '滨河西路', '学府街', '纺织路', '环城北路'];
const TRADES = ['食品', '电子', '物流', '服饰', '餐饮管理', '机械', '家居', '软件', '物业服务', '教育咨询', '包装制品', '汽车配件'];
const NAMES = ['嘉禾', '远帆', '启明', '润泽', '恒瑞', '蓝湖', '百川', '同和', '新锐', '泰丰', '安途', '正源'];
const JOBS = [
  '操作工',
  '仓库管理员',
  '前台文员',
  '客服专员',
  '配送员',
  '会计',
  '销售代表',
  '电工',
  '厨师',
  '店长',
  '质检员',
  '软件工程师',
  '幼儿教师',
  '保洁员',
  '设备维修工',
];
const ACTS = ['负责', '协助', '参与', '独立完成', '配合同事做好', '按计划开展'];
const WORK = [
  '产品装配与外观检验',
  '来料登记、入库、出库和盘点',
  '客户来电接听与记录跟进',
  '订单录入、核对及发货安排',
  '设备日常点检和简单维修',
  '门店陈列、收银与卫生',
  '月度报表整理与归档',
  '新员工带教和排班',
  '供应商对账与付款申请',
  '车间现场巡查，发现异常及时上报',
  '活动策划执行及物料准备',
  '系统功能开发、联调和上线后的问题处理',
];
const WANTS = [
  '高中及以上学历，会用常见办公软件',
  '有相关经验者优先，应届生也可，公司安排师傅带',
  '做事细心，有责任心，能服从排班',
  '熟悉本地道路，持有C1驾照',
  '身体健康，能适应两班倒',
  '普通话清楚，沟通顺畅',
  '持有电工操作证，两年以上现场经验',
  '男女不限，吃苦耐劳即可',
  '学历不限，年龄不限，愿意长期稳定工作',
];
const OFFERS = [
  '入职即签劳动合同，缴纳五险一金',
  '月休四天，加班按国家规定计算',
  '提供食宿，四人一间，有空调和热水',
  '每年调薪一次，节日有福利，工龄补贴每月100元',
  '试用期一个月，试用期工资不低于转正工资的80%',
  '双休，法定节假日正常休息，带薪年假',
  '公司承担入职体检费用，免费提供工作服',
  '厂车接送，交通补助每月200元',
];
const ABOUT = [
  '公司成立于2009年，现有员工三百余人，产品销往全国二十多个省市，因业务发展需要，现面向社会公开招聘',
  '我们是一家做社区生意的小店，老板和同事都好相处，生意稳定，想找能长期合作的伙伴',
  '本项目位于工业园区内，附近有公交站和菜市场，生活方便，宿舍距车间步行五分钟',
  '公司重视培训，新人入职有一周的岗前学习，由部门主管一对一讲解流程，学习期间工资照发',
];
const UNLAWFUL = [
  '要求男性，女性勿扰',
  '年龄18-35周岁，形象气质佳',
  '入职须交押金300元，离职时退还',
  '只招本地户口',
  '已婚已育者优先',
  '乙肝携带者勿投',
  '培训费可以办理分期，毕业后推荐工作',
  '日结三百，会用手机就行，加薇❤领任务',
  '限 · 女，三十五岁以下',
];

/** A generator of numbers from 0 up to its argument, the same for the same seed. */
function seededChoice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * n);
  };
}

/** @returns a maker of posts; the same seed makes the same posts */
export function postMaker(seed = 1): () => MadePost {
  const below = seededChoice(seed);
  const one = (list: readonly string[]): string => list[below(list.length)] as string;
  const several = (list: readonly string[], n: number): string[] => Array.from({ length: n }, () => one(list));
  let made = 0;
  return () => {
    made += 1;
    const job = one(JOBS);
    const [least, most] = [3_000 + 100 * below(30), 6_500 + 100 * below(60)];
    const work = several(WORK, 6).map((words, i) => `${i + 1}、${one(ACTS)}${words}；`);
    const wants = [...several(WANTS, 4), ...(below(100) < 14 ? [one(UNLAWFUL)] : [])].map((words, i) => `${i + 1}、${words}；`);
    const parts = [
      `${one(ABOUT)}。`,
      `招聘岗位：${job}，人数${1 + below(20)}名。`,
      `岗位职责：\n${work.join('\n')}`,
      `任职要求：\n${wants.join('\n')}`,
      `薪资待遇：${least}-${most}元/月，${several(OFFERS, 5).join('；')}。`,
      `${one(ABOUT)}。`,
      `工作地点：${one(PLACES)}${one(STREETS)}${1 + below(300)}号。联系电话139${String(10_000_000 + below(89_999_999))}，${one(['王', '李', '陈', '周'])}经理。`,
    ];
    return {
      id: `made-${made}`,
      title: `${job}${one(['', '（包吃住）', ' 双休 五险一金', '，急招'])}`,
      company: `${one(PLACES)}${one(NAMES)}${one(TRADES)}有限公司`,
      salary: `${least}-${most}元/月`,
      location: `${one(PLACES)}·${one(STREETS)}`,
      text: parts.slice(below(100) < 8 ? 2 : 0).join('\n'),
    };
  };
}
