/** Relations that go without a successor: who still uses them, and how contract takes them. */
package dev.rubicon.leaving;
