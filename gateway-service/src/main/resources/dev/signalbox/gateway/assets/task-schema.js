// What a form needs to know of a JSON Schema: the kind of field, which come first, what is wrong with a value.

/** More than this, and a text gets several lines. */
const ONE_LINE = 8192;
const DEEPEST = 5;
const FEW = 3;

const typesOf = (schema) => [schema.type ?? []].flat();
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** A schema with a reference into its own document followed; one that leads nowhere is any JSON. */
export function resolved(schema, root) {
  let at = schema;
  for (let step = 0; step < 8; step++) {
    if (!isObject(at)) return {};
    if (typeof at.$ref !== 'string') return at;
    if (!at.$ref.startsWith('#/')) return {};
    let target = root;
    for (const part of at.$ref.slice(2).split('/')) target = target?.[decode(part)];
    at = isObject(target) ? { ...target, ...at, $ref: target.$ref } : {};
  }
  return {};
}

function decode(part) {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}

/** The alternatives of a schema that a form can offer; none when it has none. */
export const alternatives = (schema) => {
  const branches = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(branches) || schema.type || schema.properties) return [];
  return branches.filter(isObject);
};

/**
 * What field a schema gets: choice, yesno, number, text, long, scalar (text, or number if it looks like
 * one), list, group, map, either, or json for what is more than a form can do.
 */
export function kindOf(schema, depth = 0) {
  if (Array.isArray(schema.enum) && schema.enum.length) return 'choice';
  if (schema.const !== undefined) return 'choice';
  if (alternatives(schema).length) return depth < DEEPEST ? 'either' : 'json';
  const types = typesOf(schema).filter((type) => type !== 'null');
  if (types.length > 1) return types.some((type) => type === 'object' || type === 'array') ? 'json' : 'scalar';
  switch (types[0]) {
    case 'boolean': return 'yesno';
    case 'integer': case 'number': return 'number';
    case 'string': return (schema.maxLength ?? 0) > ONE_LINE ? 'long' : 'text';
    case 'array': return isObject(schema.items) && depth < DEEPEST ? 'list' : 'json';
    case 'object':
      if (depth >= DEEPEST) return 'json';
      if (isObject(schema.properties) && Object.keys(schema.properties).length) return 'group';
      return isObject(schema.additionalProperties) ? 'map' : 'json';
    default: return 'json';
  }
}

/** The value that a new element of a list or a chosen alternative begins with. */
export function blank(schema, root, depth = 0) {
  const known = resolved(schema, root);
  switch (kindOf(known, depth)) {
    case 'choice': return known.default ?? known.const ?? known.enum[0];
    case 'yesno': return known.default ?? false;
    case 'list': return [];
    case 'group': {
      const made = {};
      for (const name of known.required ?? []) {
        const member = known.properties[name];
        if (member) made[name] = blank(member, root, depth + 1);
      }
      return made;
    }
    case 'map': case 'json': return {};
    case 'either': return blank(alternatives(known)[0], root, depth + 1);
    default: return known.default ?? '';
  }
}

/** Whether a value is of the shape of a schema; enough to tell alternatives apart. */
export function fits(schema, value) {
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  if (schema.const !== undefined) return schema.const === value;
  const types = typesOf(schema);
  if (!types.length) return !schema.properties || isObject(value);
  const required = (schema.required ?? []).every((name) => isObject(value) && Object.hasOwn(value, name));
  return required && types.some((type) => ofType(type, value));
}

function ofType(type, value) {
  switch (type) {
    case 'integer': return Number.isInteger(value);
    case 'array': return Array.isArray(value);
    case 'object': return isObject(value);
    case 'null': return value === null;
    default: return typeof value === type;
  }
}

/** The rules between fields: which are alternatives to one another, and which exclude each other. */
function rules(schema) {
  const first = new Set();
  const later = new Set();
  const excluded = [];
  for (const rule of [schema, ...(Array.isArray(schema.allOf) ? schema.allOf : [])]) {
    const branches = rule.oneOf ?? rule.anyOf;
    if (Array.isArray(branches)) {
      branches.forEach((branch, i) => (branch.required ?? []).forEach((name) => (i ? later : first).add(name)));
    }
    if (Array.isArray(rule.not?.required)) excluded.push(rule.not.required);
  }
  return { first, later, excluded };
}

/** Names of the fields that most need, and of the rest; both in the order of the schema. */
export function ordered(schema) {
  const names = Object.keys(schema.properties ?? {});
  const { first, later, excluded } = rules(schema);
  const shown = new Set([...(schema.required ?? []), ...first]);
  for (const example of Array.isArray(schema.examples) ? schema.examples : []) {
    if (isObject(example)) Object.keys(example).forEach((name) => shown.add(name));
  }
  for (const name of names) {
    if (shown.size >= FEW) break;
    const twin = later.has(name) || excluded.some((pair) => pair.includes(name) && pair.some((one) => shown.has(one)));
    if (!twin) shown.add(name);
  }
  return { main: names.filter((name) => shown.has(name)), more: names.filter((name) => !shown.has(name)) };
}

/** The one parameter that differs from line to line of a list, such as the domain; '' if there is none. */
export function lead(schema) {
  const { first } = rules(schema);
  const names = [...(schema.required ?? []), ...first];
  return names.find((name) => ['text', 'scalar'].includes(kindOf(schema.properties?.[name] ?? {}))) ?? '';
}

/** A number or truth value if a text is one that the schema takes, else the text. */
export function scalar(text, schema) {
  const types = typesOf(schema);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  const number = types.includes('number') || types.includes('integer');
  if (number && /^-?(0|[1-9]\d{0,14})(\.\d{1,12})?$/.test(text.trim())) return Number(text);
  return text;
}

/** What is wrong with a value, in words; '' when nothing is. */
export function problem(schema, value, required) {
  if (value === undefined) return required ? 'is required' : '';
  const types = typesOf(schema);
  if (types.length && !types.some((type) => ofType(type, value))) {
    if (types.every((type) => type === 'integer')) return 'must be a whole number';
    if (types.every((type) => type === 'number' || type === 'integer')) return 'must be a number';
    return `must be ${types.map((type) => NAMES[type] ?? type).join(' or ')}`;
  }
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)
      && !(typeof value === 'string' && schema.enum.some((one) => String(one).toLowerCase() === value.toLowerCase()))) {
    return `must be one of ${schema.enum.join(', ')}`;
  }
  if (typeof value === 'number') return range(value, schema);
  if (typeof value === 'string') return length(value, schema);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) return `needs at least ${schema.minItems}`;
    if (value.length > (schema.maxItems ?? Infinity)) return `takes at most ${schema.maxItems}`;
  } else if (isObject(value) && Object.keys(value).length > (schema.maxProperties ?? Infinity)) {
    return `takes at most ${schema.maxProperties}`;
  }
  return '';
}

const NAMES = { string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false', array: 'a list', object: 'an object', null: 'null' };

function range(value, schema) {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value >= minimum && value <= maximum) return '';
  if (minimum === -Infinity) return `must be at most ${maximum}`;
  return maximum === Infinity ? `must be at least ${minimum}` : `must be between ${minimum} and ${maximum}`;
}

function length(value, schema) {
  const long = [...value].length;
  if (long < (schema.minLength ?? 0)) return schema.minLength === 1 ? 'must not be empty' : `needs at least ${schema.minLength} characters`;
  if (long > (schema.maxLength ?? Infinity)) return `takes at most ${schema.maxLength} characters`;
  if (typeof schema.pattern !== 'string' || long > 1000) return '';
  try {
    return new RegExp(schema.pattern, 'u').test(value) ? '' : `must match ${schema.pattern}`;
  } catch {
    return ''; // The service knows what its own pattern means.
  }
}

/** Everything wrong with a value and what is in it: a map from JSON Pointer to words. */
export function problems(schema, value, root, at = '', required = true, found = new Map(), depth = 0) {
  const known = resolved(schema, root);
  const wrong = problem(known, value, required);
  if (wrong) found.set(at, wrong);
  if (value === undefined || wrong || found.size > 100) return found;
  const kind = kindOf(known, depth);
  const into = (inner, member, key, need) => problems(inner, member, root, `${at}/${escape(key)}`, need, found, depth + 1);
  if (kind === 'either') {
    const branch = alternatives(known).find((one) => fits(resolved(one, root), value));
    if (branch) problems(branch, value, root, at, required, found, depth + 1);
    else found.set(at, 'matches none of the allowed shapes');
  } else if (kind === 'group') {
    for (const [name, inner] of Object.entries(known.properties)) {
      into(inner, value[name], name, (known.required ?? []).includes(name));
    }
    for (const name of Object.keys(value)) {
      if (known.additionalProperties === false && !Object.hasOwn(known.properties, name)) found.set(`${at}/${escape(name)}`, 'is not a known parameter');
    }
  } else if (kind === 'map') {
    Object.entries(value).forEach(([name, member]) => into(known.additionalProperties, member, name, true));
  } else if (kind === 'list') {
    value.forEach((member, i) => into(known.items, member, i, true));
  }
  return found;
}

export const escape = (key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');
