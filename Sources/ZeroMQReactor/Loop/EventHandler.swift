/// Someone who is told when a descriptor becomes readable or writable.
package protocol EventHandler: AnyObject {
    /// Called on the loop. Edge-triggered: what is not done now has to be remembered.
    func handle(_ readiness: Readiness)
}
