/**
 * Clients of the chat database of runbook prisma-baseline: the backend as it was, and the one that
 * Prisma's client is in. They remember what was acknowledged and share nothing with the engine.
 */
package dev.rubicon.demo.chat.client;
