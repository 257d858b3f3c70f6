/// Is told when its descriptor becomes readable or writable.
package protocol EventHandler: AnyObject {
    /// Called on the loop. Edge-triggered: the handler must remember what it does not do now.
    func handle(_ readiness: Readiness)
}
