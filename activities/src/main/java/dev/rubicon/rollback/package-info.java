/** Rollback: back to legacy's authority, no write lost. */
package dev.rubicon.rollback;
