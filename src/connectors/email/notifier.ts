/** Mail by SMTP: one pooled connection to the server in INSTEP_SMTP_URL (smtp:// or smtps://, user and password in it). */
import { createTransport } from 'nodemailer';
import { MailRefused, type Notifier } from '../../ports/notifier.ts';

const PATIENCE_MS = 20_000;

export function emailNotifier(settings: { url: string; from: string }): Notifier {
  const transport = createTransport({ url: settings.url, pool: true, maxConnections: 1, connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS, disableFileAccess: true, disableUrlAccess: true } as object, { from: settings.from });
  const domain = /@([A-Za-z0-9.-]+)/.exec(settings.from)?.[1] ?? 'instep.invalid';
  return {
    async sendMail(mail) {
      try {
        await transport.sendMail({
          to: mail.to, subject: mail.subject, text: mail.text, ...(mail.html === undefined ? {} : { html: mail.html }), messageId: `<${mail.id}@${domain}>`,
          attachments: mail.attachments.map((one) => ({ filename: one.name, contentType: one.type, content: one.content })),
        });
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string };
        // A wrong password is mended in the settings, so the mail is kept and tried again; a refused address is not.
        if (code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500) throw new MailRefused((error as Error).message);
        throw error;
      }
    },
    close: () => transport.close(),
  };
}
