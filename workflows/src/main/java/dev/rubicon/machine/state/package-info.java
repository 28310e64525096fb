/**
 * What the machine knows and hears: a {@link dev.rubicon.machine.state.Story} with its {@link
 * dev.rubicon.machine.state.State}, the {@link dev.rubicon.machine.state.Event}s that change it,
 * and the {@link dev.rubicon.machine.state.Plan}. What follows from which event is decided in
 * {@code dev.rubicon.machine}.
 */
package dev.rubicon.machine.state;
