package dev.signalbox.contracts;

/**
 * Part of a message that only a receiver in the same process gets: the very object that the sender
 * put there. On the wire it is null, so the component that holds it is nullable.
 */
public interface ByReference {}
