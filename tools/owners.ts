/** Who owns what, from the code: writes docs/handover/who-owns-what.md, which a test compares with what the code says. Run it after adding a flow or a kind of exception. */
import { writeFileSync } from 'node:fs';
import { backupOf, EXCEPTION_KINDS, type Role } from '../src/domain/exceptions/catalogue.ts';
import { FLOWS } from '../src/flows/contents.ts';

const ROLES: readonly Role[] = ['ecommerce', 'planner', 'warehouse', 'finance', 'integration owner', 'admin'];
const clock = (severity: number, hours: number): string => (severity === 1 ? `${hours * 60} minutes of any day` : hours >= 8 ? `${hours / 8} working days` : `${hours} working hours`);

/** The whole document. */
export function whoOwnsWhat(): string {
  return `---
owner: admin
tested: with every run of the tests, test/tools/documents.test.ts
---
# Who owns what

Made from the code by \`node tools/owners.ts\`; a test fails when it is older than the code. An owner is told first, and again at half the time; when the time is
over the backup is told too; at twice the time the administrator.

${ROLES.map((role) => {
    const flows = FLOWS.filter((flow) => flow.owner === role), kinds = EXCEPTION_KINDS.filter((kind) => kind.owner === role);
    if (flows.length + kinds.length === 0) return `## ${capital(role)}\nNothing yet.\n`;
    return `## ${capital(role)}
${flows.length > 0 ? `
| Flow | What it moves | When |
|---|---|---|
${flows.map((flow) => `| ${flow.name} | ${flow.moves} | ${'cron' in flow.schedule ? flow.schedule.cron : flow.schedule.wokenBy} |`).join('\n')}
` : ''}${kinds.length > 0 ? `
| Exception | Severity | Clock | Then told | Closes when |
|---|---:|---|---|---|
${kinds.map((kind) => `| [${kind.kind}](../runbooks/${kind.kind}.md) | ${kind.severity}${kind.peakSeverity === undefined ? '' : `; ${kind.peakSeverity} in a peak`}${kind.also === undefined ? '' : `; ${kind.also}`} | ${clock(kind.severity, kind.dueHours)} | ${backupOf(kind)} | ${kind.closes} |`).join('\n')}
` : ''}`;
  }).join('\n')}`;
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

if (process.argv[1]?.endsWith('owners.ts')) writeFileSync(new URL('../docs/handover/who-owns-what.md', import.meta.url), whoOwnsWhat());
