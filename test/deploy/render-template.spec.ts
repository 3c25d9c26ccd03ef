import { expect, it } from 'vitest';
import { renderTemplate } from './render-template.ts';
import { tfstate } from './terraform-state.ts';

const functions = {
  upper: (text: string) => text.toUpperCase(),
  join: (...texts: string[]) => texts.join('+'),
};

it.each([
  ['no template', 'no template'],
  ['a {{ upper `b` }} {{upper `c`}}', 'a B C'],
  ['{{ join `a` (upper `b`) (join `c` (upper `d`)) }}', 'a+B+c+D'],
])('renders %s', (template, text) => expect(renderTemplate(template, functions)).toBe(text));

it.each([
  ['{{ lower `a` }}', '{{ lower }} is no function'],
  ['{{ upper a }}', 'expected text in backquotes'],
  ['{{ upper (upper `a` }}', 'a parenthesis is open'],
  ['{{ upper `a` ) }}', 'more than one call'],
  ['{{ }}', 'is no function'],
])('refuses %s', (template, message) =>
  expect(() => renderTemplate(template, functions)).toThrow(message),
);

it.each([
  'aws_iam_role.nobody.arn',
  'aws_ecr_repository.image.repository_url',
  "aws_ecr_repository.image['shipping'].repository_url",
  "aws_iam_role.task['orders'].arn",
  'output.nothing',
])('%s is in no state', (address) =>
  expect(() => tfstate(address)).toThrow(`${address} is not found in tfstate`),
);
