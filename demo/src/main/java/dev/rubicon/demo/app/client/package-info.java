/** What the fixtures' clients share: the journal of what was acknowledged to them, and pacing. */
package dev.rubicon.demo.app.client;
