package dev.rubicon.workflow;

/** Stub on this branch only. */
public abstract class RolloutWorkflowImpl implements RolloutWorkflow {}
