/** A fresh database for a test file: a clone of the migrated template, dropped at the end. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { openDb, type Db } from '../../src/store/db.ts';

export async function freshDatabase(): Promise<{ db: Db; url: string }> {
  const adminUrl = inject('adminUrl');
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`create database ${name} template template_instep`);
  const url = adminUrl.replace(/\/instep$/, `/${name}`);
  const db = openDb(url);
  afterAll(async () => {
    await db.close();
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  });
  return { db, url };
}
