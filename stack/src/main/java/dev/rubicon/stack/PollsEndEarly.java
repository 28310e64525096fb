package dev.rubicon.stack;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a worker's call for work a second before the worker gives it up, as a real server does. The
 * in-process server waits until the very end: a task that it hands out at that moment reaches no
 * worker, and is given out again only after its timeout.
 */
final class PollsEndEarly implements ServerInterceptor {
  /** The real server's returnEmptyTaskTimeBudget. */
  private static final int EARLIER_SECONDS = 1;

  private static final Set<String> POLLS =
      Set.of(
          WorkflowServiceGrpc.getPollWorkflowTaskQueueMethod().getFullMethodName(),
          WorkflowServiceGrpc.getPollActivityTaskQueueMethod().getFullMethodName());

  private final ScheduledExecutorService scheduler;

  PollsEndEarly(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null || !POLLS.contains(call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    return Contexts.interceptCall(
        Context.current()
            .withDeadline(deadline.offset(-EARLIER_SECONDS, TimeUnit.SECONDS), scheduler),
        call,
        headers,
        next);
  }
}
