package dev.signalbox.serverfactory;

import dev.signalbox.serverfactory.definition.ServerDefinition;

/**
 * A definition that is ready to serve.
 *
 * @param revision of the content that it was made of
 * @param charge for its memory; the caller that loaded it releases it, a server that answers by it
 *     holds it too
 */
record LoadedDefinition(
    ServerDefinition definition, long revision, DefinitionMemory.Charge charge) {}
