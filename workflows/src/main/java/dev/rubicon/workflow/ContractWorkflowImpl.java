package dev.rubicon.workflow;

/** Stub on this branch only. */
public abstract class ContractWorkflowImpl implements ContractWorkflow {}
