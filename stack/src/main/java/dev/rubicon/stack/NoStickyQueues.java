package dev.rubicon.stack;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;

/**
 * Removes from a worker's answer the wish to get the workflow's next task on a queue of its own.
 * The in-process server, unlike a real one, never gives up on such a queue: a workflow whose worker
 * was killed would wait for it for ever.
 */
final class NoStickyQueues implements ServerInterceptor {

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      @SuppressWarnings("unchecked") // The same type, one field less.
      public void onMessage(Q message) {
        super.onMessage(
            message instanceof RespondWorkflowTaskCompletedRequest completed
                ? (Q) completed.toBuilder().clearStickyAttributes().build()
                : message);
      }
    };
  }
}
