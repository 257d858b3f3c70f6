internal import ZeroMQProtocol

/// Handles commands and subscriptions, which are not for the application. Called on the loop.
protocol CommandHandler: AnyObject {
    /// Answers a command. An error ends the connection.
    func answer(_ command: UnsafeRawBufferPointer) -> ProtocolError?
    func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool)
    /// Whether another change of subscription can be taken. If not, the loop is called when it can.
    func hasRoomForSubscription() -> Bool
    /// This many messages came that sockets of this type do not receive.
    func passedOver(_ messages: Int)
}
