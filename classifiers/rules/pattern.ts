/**
 * The pattern language of rule packs: small, readable by a lawyer, and safe. It is parsed by us and only then turned
 * into a RegExp, so what reaches the engine is proven bounded: no unbounded repetition exists in the language, repeated
 * groups hold no repetition, and the number of ways a pattern can be tried at one place is capped. Matching is
 * therefore linear in the text, whatever the pattern.
 *
 * `甲乙` the words · blank: up to three blanks · `(a|b)` either · `x?` perhaps · `x{2,5}` repeated · `[甲乙0-9]` one of · `[^…]` none of
 * `\d` a digit · `.` anything but a sentence's end · `_` anything but a clause's end · `^` `$` beginning, end of a clause
 * `@name` a lexicon · `«…»` the part to quote · `(?=…)` `(?!…)` `(?<=…)` `(?<!…)` what must (not) stand beside · `\x` the sign x itself
 */
import { PinchaError } from '../../core/errors.ts';
import { fold } from '../text/normalise.ts';
import { type Anchor, anchorsOf } from './pattern-anchors.ts';
import { emit, holdsRepeat, type Node, ways, widthOf } from './pattern-tree.ts';

/** Plain data: it can be kept in a file or handed to a thread. */
export interface CompiledPattern {
  /** Of a RegExp; its one group, if any, is the part to quote. */
  readonly source: string;
  /** Without anchors the pattern must be tried everywhere. */
  readonly anchors: readonly Anchor[];
  readonly quotes: boolean;
}
/** Lexicon name → pattern fragments, any of which may stand there. */
export type Lexicons = ReadonlyMap<string, readonly string[]>;

/** Where a clause ends, and where a sentence ends, in folded text. */
export const CLAUSE_END = ',;。!?\\n';
export const SENTENCE_END = ';。!?\\n';
const MAX_REPEAT = 60;
const MAX_WAYS = 2_000;
const MAX_LENGTH = 4_000;
const SPECIAL_SIGNS = '()[]{}|?*+.^$_@«»\\ ';

/** A lexicon stands in many patterns: parsed once, its nodes are shared, and what is worked out about them too. */
const parsedLexicons = new WeakMap<Lexicons, Map<string, Node>>();

class Parser {
  private at = 0;
  quotes = false;
  private readonly source: string;
  private readonly lexicons: Lexicons;
  private readonly depth: number;

  constructor(source: string, lexicons: Lexicons, depth: number) {
    this.source = source;
    this.lexicons = lexicons;
    this.depth = depth;
  }

  parse(): Node {
    const node = this.choice();
    if (this.at < this.source.length) this.fail(`多余的"${this.source[this.at]}"`);
    return node;
  }

  fail(reason: string): never {
    throw new PinchaError('RULES_INVALID', { place: this.source.slice(0, 120), reason: `${reason}（第 ${this.at + 1} 字）` });
  }

  private choice(): Node {
    const options = [this.sequence()];
    while (this.source[this.at] === '|') {
      this.at += 1;
      options.push(this.sequence());
    }
    return options.length === 1 ? (options[0] as Node) : { type: 'choice', options };
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (this.at < this.source.length && !'|)»'.includes(this.source[this.at] ?? '')) items.push(this.repeated(this.atom()));
    return { type: 'sequence', items };
  }

  private repeated(inner: Node): Node {
    const sign = this.source[this.at];
    if (sign === '*' || sign === '+') return this.fail(`不允许无上界重复"${sign}"`);
    const bounds = sign === '{' ? /^\{(\d{1,3})(?:,(\d{1,3}))?\}/.exec(this.source.slice(this.at, this.at + 12)) : null;
    if (sign === '{' && !bounds) return this.fail('重复次数须写作 {少,多} 且有上界');
    if (sign !== '?' && !bounds) return inner;
    this.at += bounds ? bounds[0].length : 1;
    const min = bounds ? Number(bounds[1]) : 0;
    const max = bounds ? Number(bounds[2] ?? bounds[1]) : 1;
    if (max > MAX_REPEAT || min > max) this.fail(`重复次数须在 0 到 ${MAX_REPEAT} 之间`);
    if (max > 1 && holdsRepeat(inner)) this.fail('重复之中不允许再有重复');
    if (inner.type === 'edge' || inner.type === 'look') this.fail('边界不能重复');
    if ('?*+{'.includes(this.source[this.at] ?? ' ')) this.fail('重复之后不允许再加重复');
    return { type: 'repeat', inner, min, max };
  }

  private atom(): Node {
    const char = this.source[this.at] ?? '';
    this.at += 1;
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return this.charClass();
      case '«':
        return this.quote();
      case '@':
        return this.lexicon();
      case '\\':
        return this.escaped();
      case ' ':
        return { type: 'repeat', inner: { type: 'set', source: ' ', chars: new Set(' ') }, min: 0, max: 3 };
      case '.':
        return { type: 'set', source: `[^${SENTENCE_END}]`, chars: null };
      case '_':
        return { type: 'set', source: `[^${CLAUSE_END}]`, chars: null };
      case '^':
        return { type: 'edge', source: `(?<=^|[${CLAUSE_END}] ?)` };
      case '$':
        return { type: 'edge', source: `(?= ?(?:$|[${CLAUSE_END}]))` };
      default:
        if (SPECIAL_SIGNS.includes(char)) this.fail(`"${char}"位置不对`);
        return literal(char);
    }
  }

  private group(): Node {
    const open = /^\?(?:=|!|<=|<!)/.exec(this.source.slice(this.at, this.at + 3))?.[0];
    if (open) this.at += open.length;
    else if (this.source.startsWith('?:', this.at)) this.at += 2;
    const inner = this.choice();
    if (this.source[this.at] !== ')') this.fail('括号没有闭合');
    this.at += 1;
    return open ? { type: 'look', open, inner } : inner.type === 'sequence' ? inner : { type: 'sequence', items: [inner] };
  }

  private quote(): Node {
    if (this.quotes) this.fail('只允许一处引文 «…»');
    this.quotes = true;
    const inner = this.choice();
    if (this.source[this.at] !== '»') this.fail('引文 «…» 没有闭合');
    this.at += 1;
    return { type: 'quote', inner };
  }

  private charClass(): Node {
    const end = this.source.indexOf(']', this.at);
    if (end < 0) return this.fail('[…] 没有闭合');
    const body = this.source.slice(this.at, end);
    if (body === '' || /[\ud800-\udfff]|\\[^dn-]/.test(body)) return this.fail('[…] 中不能为空，不能含 \\d \\n \\- 以外的转义或四字节字符');
    this.at = end + 1;
    const negated = body.startsWith('^');
    const members = fold(negated ? body.slice(1) : body).text.replace(/\^/g, '\\^');
    return { type: 'set', source: `[${negated ? '^' : ''}${members}]`, chars: negated ? null : membersOf(members) };
  }

  private lexicon(): Node {
    const name = /^[a-z][a-z0-9-]*/.exec(this.source.slice(this.at, this.at + 60))?.[0] ?? '';
    const entries = this.lexicons.get(name);
    if (!entries) return this.fail(`没有词表 @${name}`);
    if (this.depth > 4) return this.fail('词表互相引用过深');
    this.at += name.length;
    const kept = parsedLexicons.get(this.lexicons) ?? new Map<string, Node>();
    parsedLexicons.set(this.lexicons, kept);
    const before = kept.get(name);
    if (before) return before;
    const options = [...entries].sort((a, b) => b.length - a.length).map((entry) => new Parser(entry, this.lexicons, this.depth + 1).parse());
    const node: Node = { type: 'sequence', items: [{ type: 'choice', options }] };
    kept.set(name, node);
    return node;
  }

  private escaped(): Node {
    const char = this.source[this.at] ?? '';
    this.at += 1;
    if (char === 'd') return { type: 'set', source: '\\d', chars: new Set('0123456789') };
    if (char === '' || /[a-zA-Z0-9]/.test(char)) return this.fail(`不认识的转义 \\${char}`);
    return literal(char);
  }
}

/** The members of a character class; null when a range is too wide to spell out. */
function membersOf(body: string): ReadonlySet<string> | null {
  const members = new Set<string>();
  const plain = body.replaceAll('\\d', '0-9').replaceAll('\\n', '\n');
  for (let i = 0; i < plain.length; i += 1) {
    if (plain[i] === '\\') continue;
    if (plain[i + 1] !== '-' || i + 2 >= plain.length) {
      members.add(plain[i] ?? '');
      continue;
    }
    const [from, to] = [plain.charCodeAt(i), plain.charCodeAt(i + 2)];
    if (to - from > 200) return null;
    for (let unit = from; unit <= to; unit += 1) members.add(String.fromCharCode(unit));
    i += 2;
  }
  return members;
}

function literal(char: string): Node {
  const folded = fold(char).text;
  return folded.length === 1
    ? { type: 'literal', char: folded }
    : { type: 'sequence', items: Array.from(folded, (c) => ({ type: 'literal', char: c }) as const) };
}

/**
 * Compiles one pattern.
 * @throws RULES_INVALID naming the pattern and the character when it is malformed, unbounded or too costly
 */
export function compilePattern(source: string, lexicons: Lexicons): CompiledPattern {
  if (source.length === 0 || source.length > MAX_LENGTH)
    throw new PinchaError('RULES_INVALID', { place: source.slice(0, 60), reason: `样式长度须在 1 到 ${MAX_LENGTH} 之间` });
  const parser = new Parser(source, lexicons, 0);
  const tree = parser.parse();
  const cost = ways(tree);
  if (cost > MAX_WAYS) parser.fail(`样式过于宽松，同一处有 ${cost} 种走法，上限 ${MAX_WAYS}`);
  const regex = emit(tree);
  if (widthOf(tree).least === 0 && new RegExp(`^(?:${regex})$`).test('')) parser.fail('样式可匹配空文本');
  return { source: regex, anchors: anchorsOf(tree), quotes: parser.quotes };
}
