/**
 * Clients of the plant backend's database: they write what its API would, remember what was
 * acknowledged to them, and share nothing with the engine.
 */
package dev.rubicon.demo.plant.client;
